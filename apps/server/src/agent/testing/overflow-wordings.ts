/** How providers and local servers say that the prompt is too long, as seen in the wild: status and message. */
export const TOO_LONG: readonly (readonly [status: number | undefined, message: string])[] = [
  // OpenAI, Azure, DeepSeek, OpenRouter, xAI, GitHub
  [
    400,
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please reduce the length of the messages.",
  ],
  [400, "Your input exceeds the context window of this model. Please adjust your input and try again."],
  [
    400,
    'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 200000 tokens (199000 of text input, 1000 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
  ],
  [400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens."],
  [
    400,
    "Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576, but got a string with length 1540820 instead.",
  ],
  [413, "Request body too large for gpt-4o model. Max size: 8000 tokens."],
  [400, "prompt token count of 70000 exceeds the limit of 64000"],
  // Anthropic, Google, Bedrock
  [400, "prompt is too long: 213462 tokens > 200000 maximum"],
  [
    400,
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again",
  ],
  [400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."],
  [400, "The input token count exceeds the maximum number of tokens allowed 1048576."],
  [
    400,
    "Unable to submit request because the input token count is 32775 but model only supports up to 32768. Reduce the input token count and try again.",
  ],
  [400, "Input is too long for requested model."],
  [400, "Too many input tokens. Max input tokens: 1048576, request input token count: 1200000"],
  // Mistral, Groq, Cerebras, Together, TGI, Cohere, Fireworks, watsonx, Databricks, Moonshot, MiniMax, Qwen, Zhipu
  [
    400,
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
  ],
  [400, "Please reduce the length of the messages or completion."],
  [400, "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192"],
  [
    422,
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`",
  ],
  [422, "Input validation error: `inputs` must have less than 1024 tokens. Given: 1050"],
  [
    400,
    "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt",
  ],
  [400, "The prompt is too long: 40000, model maximum context length: 32767"],
  [400, "the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model"],
  [400, "Bad request: prompt token count 9000 cannot exceed 8192"],
  [400, "Invalid request: Your request exceeded model token limit: 8192"],
  [400, "invalid params, context window exceeds limit (2013)"],
  [400, "Range of input length should be [1, 129024]"],
  [400, "Prompt 超长"],
  [400, "模型上下文长度超出限制: 9001 > 8192"],
  [400, "tokens 数量超过模型限制"],
  // vLLM, SGLang, llama.cpp, LM Studio, Ollama
  [
    400,
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.",
  ],
  [
    400,
    "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens plus multimodal tokens.",
  ],
  [400, "The input (9000 tokens) is longer than the model's context length (8192 tokens)."],
  [
    400,
    "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested a total of 9000 tokens.",
  ],
  [400, "the request exceeds the available context size, try increasing it"],
  [400, "request (9001 tokens) is larger than n_ctx (4096 tokens)"],
  [
    400,
    "Trying to keep the first 9001 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
  ],
  [
    400,
    "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
  ],
  [
    undefined,
    "Reached context length of 4096 tokens with this model, but this model does not currently support mid-generation context overflow",
  ],
  [500, "input length exceeds the context length"],
  [400, "prompt too long; exceeded max context length by 100 tokens"],
  [undefined, "Context size has been exceeded."],
  [400, "Die Anfrage hat 9001 Token, erlaubt sind 8192"],
];

/** Refusals in words that come near, which a shorter prompt does not mend. */
export const ANOTHER_MATTER: typeof TOO_LONG = [
  [400, "The input is over another connection"],
  [400, "Your input is over-specified: 'reasoning' and 'reasoning_effort' exclude each other"],
  [400, "The stream of the input is over"],
  [400, "messages: the conversation is over, start a new one"],
  [400, "Input should be less than or equal to 1"],
  [400, "temperature: Input should be less than or equal to 1"],
  [400, "tools.0.custom.input_schema: Extra inputs are not permitted"],
  [400, "messages.1.content: Input should be a valid list"],
  [400, "messages: at least one message is required"],
  [400, "messages: text content blocks must be non-empty"],
  [400, "messages.3: `tool_use` ids were found without `tool_result` blocks immediately after: call_1"],
  [400, "Conversation roles must alternate user/assistant/user/assistant/..."],
  [400, "A maximum of 4 blocks with cache_control may be provided. Found 5."],
  [
    400,
    "messages.5.content.0.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes",
  ],
  [400, "At least one of the image dimensions exceed max allowed size: 8000 pixels"],
  [
    400,
    "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.",
  ],
  [
    400,
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 200 instead.",
  ],
  [
    400,
    "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length 70 instead.",
  ],
  [400, "The response was filtered due to the prompt triggering the content management policy"],
  [
    400,
    "max_tokens is too large: 32768. This model supports at most 16384 completion tokens, whereas you provided 32768.",
  ],
  [400, "Unsupported parameter: 'max_tokens' is not supported with this model."],
  [400, "Your credit balance is too low to access the API."],
  [429, "Rate limit reached: 30000 tokens per min, used 29500, requested 1200"],
  [401, "Your token has exceeded its lifetime"],
  [400, "Your token has exceeded its lifetime"],
  [400, "grammar: too many repetitions"],
  [400, "this model does not support tools"],
  [400, "Invalid value for 'messages[2].content'"],
  [400, "Request 2048 failed in context 4096"],
  [500, "CUDA out of memory"],
  [500, "The input channel was closed: more than one reader"],
  [503, "overloaded: queue limit of 1024 requests exceeded"],
];
