// Runs every function of the seam once, for a build with sanitizers:
//   cmake --preset sanitize && cmake --build --preset sanitize && artifacts/cmake/sanitize/native/minilm_seam_test MODEL.gguf
// The managed tests judge behaviour; this one exists to be watched while it touches memory.
#include "../minilm.h"

#include <ggml.h>
#include <llama.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                            \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

static int lines_logged;

static void count_line(int32_t level, const char * text) {
    REQUIRE(level >= GGML_LOG_LEVEL_DEBUG && strchr(text, '\n') == NULL);
    lines_logged++;
}

static bool go_on(float progress, void * user_data) {
    *(float *) user_data = progress;
    return true;
}

static void test_versions(void) {
    minilm_version_report report = { .size = sizeof(report) };
    minilm_versions(&report);
    REQUIRE(report.seam_version == minilm_seam_version() && report.runtime_llama != NULL);

    minilm_version_report older = { .size = sizeof(uint32_t), .seam_version = 77 };
    minilm_versions(&older);
    REQUIRE(older.seam_version == 77);
}

static void test_abort(minilm_abort * abort) {
    REQUIRE(minilm_abort_state(abort) == MINILM_ABORT_NONE);
    minilm_abort_cancel(abort);
    REQUIRE(minilm_abort_state(abort) == MINILM_ABORT_CANCELLED);
    minilm_abort_arm(abort, 0);
    REQUIRE(minilm_abort_state(abort) == MINILM_ABORT_TIMEOUT);
    minilm_abort_arm(abort, INT64_MAX);
    REQUIRE(minilm_abort_state(abort) == MINILM_ABORT_NONE);
}

static struct llama_model * load(const char * path) {
    float progress = 0;
    minilm_model_params params = { .size = sizeof(params) };
    minilm_model_default_params(&params);
    params.progress_callback           = go_on;
    params.progress_callback_user_data = &progress;
    REQUIRE(minilm_model_load("/nowhere/model.gguf", &params) == NULL);
    REQUIRE(strlen(minilm_last_error()) > 0);
    struct llama_model * model = minilm_model_load(path, &params);
    REQUIRE(model != NULL && progress == 1.0f);
    return model;
}

static void test_decode(struct llama_context * ctx, minilm_abort * abort, int32_t n_vocab) {
    int32_t   token = 1, pos = 0, n_seq_id = 1, sequence = 0;
    int32_t * sequences = &sequence;
    int8_t    logits    = 1;
    minilm_batch batch = { sizeof(batch), 1, &token, NULL, &pos, &n_seq_id, &sequences, &logits };

    struct llama_sampler * chain   = minilm_sampler_chain_init(true);
    llama_token_data *     scratch = malloc((size_t) n_vocab * sizeof(llama_token_data));
    REQUIRE(chain != NULL && scratch != NULL);
    REQUIRE(minilm_sampler_sample(chain, ctx, 0, scratch) == MINILM_SAMPLE_NO_LOGITS);

    REQUIRE(minilm_decode(ctx, &batch) == 0);
    REQUIRE(minilm_sampler_sample(chain, ctx, -1, scratch) == MINILM_SAMPLE_NO_CHOICE);
    llama_sampler_chain_add(chain, minilm_sampler_init_penalties(n_vocab, 8, 1.1f, 0.0f, 0.0f));
    llama_sampler_chain_add(chain, llama_sampler_init_greedy());
    for (pos = 1; pos < 32; pos++) {
        token = minilm_sampler_sample(chain, ctx, -1, scratch);
        REQUIRE(token >= 0 && token < n_vocab);
        REQUIRE(minilm_decode(ctx, &batch) == 0);
    }

    minilm_abort_cancel(abort);
    REQUIRE(minilm_decode(ctx, &batch) == 2);
    free(scratch);
    llama_sampler_free(chain);
}

static void test_threadpool(struct llama_context * ctx) {
    minilm_threadpool_params params = { .size = sizeof(params) };
    minilm_threadpool_default_params(&params);
    params.n_threads = 2;
    struct ggml_threadpool * pool = minilm_threadpool_new(&params);
    REQUIRE((pool != NULL) == minilm_threadpool_available());
    if (pool != NULL) {
        REQUIRE(minilm_attach_threadpool(ctx, pool, pool));
        REQUIRE(minilm_detach_threadpool(ctx));
        REQUIRE(minilm_threadpool_free(pool));
    }
}

static void test_quantize(const char * path) {
    float progress = 0;
    minilm_quantize_params params = { .size = sizeof(params) };
    minilm_quantize_default_params(&params);
    params.n_threads                   = 1;
    params.progress_callback           = go_on;
    params.progress_callback_user_data = &progress;
    REQUIRE(minilm_quantize("/nowhere/model.gguf", "/nowhere/output.gguf", &params) != 0);
    params.ftype = 1; // LLAMA_FTYPE_MOSTLY_F16: any shape will do
    REQUIRE(minilm_quantize(path, "seam_test.gguf", &params) == 0 && progress == 1.0f);
    REQUIRE(remove("seam_test.gguf") == 0);
}

static void test_samplers(struct llama_model * model) {
    const struct llama_vocab * vocab = llama_model_get_vocab(model);
    const char * breaker = "\n";
    const char * pattern = "e";
    llama_token  token;
    REQUIRE(minilm_tokenize(vocab, "e", 1, &token, 1, false, false) == 1);
    REQUIRE(minilm_vocab_get_attr(vocab, token) >= 0 && minilm_vocab_get_attr(vocab, INT32_MAX) == MINILM_THREW);

    struct llama_sampler * chain = minilm_sampler_chain_init(true);
    struct llama_sampler * dry   = minilm_sampler_init_dry(vocab, 128, 0.8f, 1.75f, 2, 64, &breaker, 1);
    REQUIRE(dry != NULL);
    llama_sampler_chain_add(chain, dry);
    REQUIRE(minilm_sampler_accept_at(chain, 0, &token, 1));
    REQUIRE(!minilm_sampler_accept_at(chain, 7, &token, 1)); // there is no such stage
    REQUIRE(strcmp(minilm_sampler_name_at(chain, 0), "dry") == 0 && minilm_sampler_name_at(chain, 7) == NULL);
    REQUIRE(minilm_sampler_accept(chain, token));

    // The trigger is not a text of the grammar: libllama throws. (It throws as well for a pattern that does not compile,
    // and leaks then: managed code lets no such pattern through.)
    llama_token_data       candidate  = { token, 1.0f, 0.0f };
    llama_token_data_array candidates = { &candidate, 1, -1, false };
    REQUIRE(minilm_sampler_apply_at(chain, 0, &candidates) && !minilm_sampler_apply_at(chain, 7, &candidates));
    struct llama_sampler * lazy = minilm_sampler_init_grammar_lazy(vocab, "root ::= \"x\"", "root", &pattern, 1, NULL, 0);
    REQUIRE(lazy != NULL);
    llama_sampler_chain_add(chain, lazy);
    REQUIRE(!minilm_sampler_accept(chain, token));
    REQUIRE(strlen(minilm_last_error()) > 0);
    llama_sampler_free(chain);
}

int main(int argc, char ** argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: minilm_seam_test MODEL.gguf\n");
        return 2;
    }
    minilm_log_set(count_line, GGML_LOG_LEVEL_DEBUG);
    REQUIRE(minilm_backend_init(NULL) > 0);
    test_versions();

    minilm_abort * abort = minilm_abort_new();
    REQUIRE(abort != NULL);
    test_abort(abort);

    struct llama_model *  model  = load(argv[1]);
    test_samplers(model);
    minilm_context_params params = { .size = sizeof(params) };
    minilm_context_default_params(&params);
    params.n_ctx = 128;
    params.abort = abort;
    struct llama_context * ctx = minilm_context_init(model, &params);
    REQUIRE(ctx != NULL);
    test_decode(ctx, abort, llama_vocab_n_tokens(llama_model_get_vocab(model)));

    test_threadpool(ctx);

    llama_free(ctx);
    llama_model_free(model);
    minilm_abort_free(abort);
    test_quantize(argv[1]);
    minilm_log_set(NULL, 0);
    REQUIRE(lines_logged > 0);
    puts("the seam works");
    return 0;
}
