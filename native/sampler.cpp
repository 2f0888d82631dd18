// Samplers: sampling that does not end the process, and what releases of llama.h declare differently.
#include "guard.hpp"

#include <llama.h>

#include <cmath>
#include <type_traits>

namespace {

int32_t sample(llama_sampler * chain, llama_context * ctx, int32_t index, llama_token_data * candidates) {
    const float * logits = llama_get_logits_ith(ctx, index);
    if (logits == nullptr) {
        return MINILM_SAMPLE_NO_LOGITS;
    }

    const int32_t n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(llama_get_model(ctx)));
    bool finite = true;
    for (int32_t i = 0; i < n_vocab; i++) {
        candidates[i] = { i, logits[i], 0.0f };
        finite &= logits[i] < INFINITY; // false for NaN as well; minus infinity is an excluded token
    }
    if (!finite) {
        return MINILM_SAMPLE_NOT_FINITE;
    }

    llama_token_data_array array = { candidates, (size_t) n_vocab, -1, false };
    llama_sampler_apply(chain, &array);
    if (array.selected < 0 || (size_t) array.selected >= array.size) {
        return MINILM_SAMPLE_NO_CHOICE;
    }
    const llama_token_data chosen = array.data[array.selected];
    if (!(chosen.logit > -INFINITY)) {
        return MINILM_SAMPLE_EXCLUDED;
    }
    llama_sampler_accept(chain, chosen.id);
    return chosen.id;
}

// Some releases of llama.h take an argument first that others do not: the type of the function says which.
template <typename Init, typename... Rest>
llama_sampler * init_penalties(Init init, int32_t n_vocab, Rest... rest) {
    if constexpr (std::is_invocable<Init, int32_t, Rest...>::value) {
        return init(n_vocab, rest...);
    } else {
        return init(rest...);
    }
}

template <typename Init, typename... Rest>
llama_sampler * init_dry(Init init, const llama_vocab * vocab, int32_t n_ctx_train, Rest... rest) {
    if constexpr (std::is_invocable<Init, const llama_vocab *, int32_t, Rest...>::value) {
        return init(vocab, n_ctx_train, rest...);
    } else {
        return init(vocab, rest...);
    }
}

} // namespace

struct llama_sampler * minilm_sampler_chain_init(bool no_perf) {
    return guarded<llama_sampler *>(nullptr, [=] {
        llama_sampler_chain_params params = llama_sampler_chain_default_params();
        params.no_perf = no_perf;
        return llama_sampler_chain_init(params);
    });
}

int32_t minilm_sampler_sample(struct llama_sampler * chain, struct llama_context * ctx, int32_t index, struct llama_token_data * scratch) {
    return guarded<int32_t>(MINILM_THREW, [=] { return sample(chain, ctx, index, scratch); });
}

bool minilm_sampler_accept_at(struct llama_sampler * chain, int32_t stage, const int32_t * tokens, int32_t n_tokens) {
    return guarded(false, [=] {
        llama_sampler * sampler = llama_sampler_chain_get(chain, stage);
        for (int32_t i = 0; sampler != nullptr && i < n_tokens; i++) {
            llama_sampler_accept(sampler, tokens[i]);
        }
        return sampler != nullptr;
    });
}

bool minilm_sampler_apply_at(struct llama_sampler * chain, int32_t stage, struct llama_token_data_array * candidates) {
    return guarded(false, [=] {
        llama_sampler * sampler = llama_sampler_chain_get(chain, stage);
        if (sampler != nullptr) {
            llama_sampler_apply(sampler, candidates);
        }
        return sampler != nullptr;
    });
}

const char * minilm_sampler_name_at(struct llama_sampler * chain, int32_t stage) {
    return guarded<const char *>(nullptr, [=] {
        llama_sampler * sampler = llama_sampler_chain_get(chain, stage);
        return sampler != nullptr ? llama_sampler_name(sampler) : nullptr;
    });
}

struct llama_sampler * minilm_sampler_init_penalties(int32_t n_vocab, int32_t last_n, float repeat, float freq, float present) {
    return guarded<llama_sampler *>(nullptr, [=] { return init_penalties(llama_sampler_init_penalties, n_vocab, last_n, repeat, freq, present); });
}

struct llama_sampler * minilm_sampler_init_dry(const struct llama_vocab * vocab, int32_t n_ctx_train, float multiplier, float base,
                                               int32_t allowed_length, int32_t last_n, const char ** breakers, int32_t n_breakers) {
    return guarded<llama_sampler *>(nullptr, [=] {
        return init_dry(llama_sampler_init_dry, vocab, n_ctx_train, multiplier, base, allowed_length, last_n, breakers, (size_t) n_breakers);
    });
}
