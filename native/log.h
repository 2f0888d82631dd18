// What the seam itself asks of its log.
#ifndef MINILM_LOG_H
#define MINILM_LOG_H

#include "minilm.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds a line to minilm_last_error() of this thread.
void minilm_remember_error(const char * text);
void minilm_forget_errors(void);

typedef void (*minilm_line_observer)(const char * line, void * user_data);

// Shows each line that the library logs on this thread, of any level, to the observer; NULL stops.
void minilm_observe_lines(minilm_line_observer observer, void * user_data);

#ifdef __cplusplus
}
#endif

#endif // MINILM_LOG_H
