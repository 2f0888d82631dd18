// A seam of a version that no assembly wants: the tests load it to see it refused.
#include "../minilm.h"

uint32_t minilm_seam_version(void) {
    return 4711;
}
