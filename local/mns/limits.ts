/**
 * Limits of Simple Message Queue (formerly MNS), from the vendor's pages
 * CreateQueue, SendMessage, BatchSendMessage, ReceiveMessage and
 * ChangeMessageVisibility (help.aliyun.com/zh/mns/developer-reference).
 */
export const MAX_QUEUE_NAME_CHARACTERS = 120;
/** "starts with a letter or digit; letters, digits and hyphens". */
export const QUEUE_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

export const MAX_BATCH_MESSAGES = 16;
/** All bodies of one BatchSendMessage together (page BatchSendMessage). */
export const MAX_BATCH_BYTES = 64 * 1_024;
export const MAX_LIST_QUEUES = 1_000;

export const MIN_PRIORITY = 1;
export const MAX_PRIORITY = 16;
export const DEFAULT_PRIORITY = 8;

export const DELAY_SECONDS = { low: 0, high: 604_800 } as const;
export const MESSAGE_BYTES = { low: 1_024, high: 65_536 } as const;
export const RETENTION_SECONDS = { low: 60, high: 604_800 } as const;
export const VISIBILITY_SECONDS = { low: 1, high: 43_200 } as const;
export const WAIT_SECONDS = { low: 0, high: 30 } as const;
export const RECEIVE_COUNT = { low: 1, high: 1_000 } as const;

/**
 * The largest request that can be valid: a batch of full messages with every
 * byte escaped as `&quot;`, rounded up.
 */
export const MAX_REQUEST_BYTES = 8 * 1_024 * 1_024;

/** "a request is refused 15 minutes away from the server's time" (page Sign requests). */
export const MAX_CLOCK_SKEW_MS = 15 * 60 * 1_000;

export const API_VERSION = "2015-06-06";
