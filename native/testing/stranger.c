// A library that is not the seam at all.
#include "../minilm.h"

MINILM_API int stranger(void);

int stranger(void) {
    return 0;
}
