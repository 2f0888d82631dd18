// The guarded calls of functions.def.
#include "guard.hpp"

#include <ggml-backend.h>
#include <llama.h>

#include <exception>

void minilm_remember_exception() noexcept {
    try {
        throw;
    } catch (const std::exception & error) {
        minilm_remember_error(error.what());
    } catch (...) {
        minilm_remember_error("an exception without a message");
    }
}

#define DIRECT(result, function, parameters, why)
#define SEAM_GUARDED(result, name, parameters, calls)
#define SEAM(result, name, parameters, why)

#define GUARDED(result, failure, name, function, parameters, arguments)         \
    result name parameters {                                                    \
        return guarded<result>(failure, [&] { return function arguments; });    \
    }

#define GUARDED_VOID(name, function, parameters, arguments) \
    bool name parameters {                                  \
        return guarded(false, [&] {                         \
            function arguments;                             \
            return true;                                    \
        });                                                 \
    }

#include "functions.def"
