// Which function of the stand-in for libllama throws.
#ifndef MINILM_THROWING_H
#define MINILM_THROWING_H

extern "C" void throwing_in(const char * name); // from now on
void throw_in(const char * name);               // when it is that one

#endif // MINILM_THROWING_H
