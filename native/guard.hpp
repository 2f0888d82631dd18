// guard.hpp - calls that C++ code of libllama may leave by an exception. None comes out of these.
#ifndef MINILM_GUARD_HPP
#define MINILM_GUARD_HPP

#include "log.h"

// In a catch clause: adds the words of the exception to minilm_last_error().
void minilm_remember_exception() noexcept;

// Forgets the errors of this thread, does the work, and returns what it returns, or `failure` when it throws.
template <typename Result, typename Work>
Result guarded(Result failure, Work work) noexcept {
    try {
        minilm_forget_errors();
        return static_cast<Result>(work());
    } catch (...) {
        minilm_remember_exception();
        return failure;
    }
}

#endif // MINILM_GUARD_HPP
