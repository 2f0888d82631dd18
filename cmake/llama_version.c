// Writes a header that states the version of the libllama that was just built.
#include <llama.h>
#include <stdio.h>

int main(int argc, char ** argv) {
    FILE * header = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (header == NULL) {
        fprintf(stderr, "usage: llama_version HEADER\n");
        return 1;
    }
    fprintf(header, "#define MINILM_COMPILED_LLAMA \"%s\"\n", llama_version());
    return fclose(header);
}
