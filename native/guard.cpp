// An exception of libllama that reached managed code would end the process. The samplers that can throw are those of
// grammars: one whose trigger is not a beginning of its texts, a regular expression that does not compile.
#include "guard.h"
#include "minilm.h"

#include <exception>

namespace {

template <typename Work>
bool guarded(Work work) noexcept {
    try {
        work();
        return true;
    } catch (const std::exception & error) {
        minilm_remember_error(error.what());
    } catch (...) {
        minilm_remember_error("an exception without a message");
    }
    return false;
}

} // namespace

bool minilm_guarded_apply(struct llama_sampler * chain, llama_token_data_array * candidates) {
    return guarded([=] { llama_sampler_apply(chain, candidates); });
}

bool minilm_guarded_accept(struct llama_sampler * chain, llama_token token) {
    return guarded([=] { llama_sampler_accept(chain, token); });
}

struct llama_sampler * minilm_sampler_init_grammar_lazy(const struct llama_vocab * vocab, const char * grammar, const char * root,
                                                        const char ** patterns, int32_t n_patterns, const int32_t * tokens, int32_t n_tokens) {
    struct llama_sampler * sampler = nullptr;
    guarded([&] {
        sampler = llama_sampler_init_grammar_lazy_patterns(vocab, grammar, root, patterns, (size_t) n_patterns, tokens, (size_t) n_tokens);
    });
    return sampler;
}
