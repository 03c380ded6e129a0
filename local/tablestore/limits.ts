/**
 * Documented limits. Sources: alibabacloud.com/help/en/tablestore/limits-on-widecolumn-model,
 * …/secondary-index-limits, …/general-limits-of-tablestore, …/developer-reference/error-codes.
 */

export const MAX_TABLES_PER_INSTANCE = 64;
export const MAX_NAME_BYTES = 255;
export const MAX_PRIMARY_KEY_COLUMNS = 4;
export const MAX_PRIMARY_KEY_VALUE_BYTES = 1024;
export const MAX_ATTRIBUTE_VALUE_BYTES = 2 * 1024 * 1024;
export const MAX_ATTRIBUTE_COLUMNS_PER_REQUEST = 1024;
export const MAX_COLUMNS_TO_GET = 1024;
export const MAX_DEFINED_COLUMNS = 32;

export const MAX_INDEXES_PER_TABLE = 5;
export const MAX_INDEX_COLUMNS = 4;
export const MAX_INDEX_ATTRIBUTE_COLUMNS = 32;

/** Names and values of one row, and of all rows of a batch. */
export const MAX_WRITE_BYTES = 4 * 1024 * 1024;
export const MAX_BATCH_WRITE_ROWS = 200;
export const MAX_BATCH_READ_ROWS = 100;

export const MAX_RANGE_ROWS = 5000;
export const MAX_RANGE_BYTES = 4 * 1024 * 1024;

/** "The count of filter exceeds the max: 32." in the tests of the official Java SDK. */
export const MAX_FILTERS = 32;

/** A day: the least time-to-live that a table can have, other than -1. */
export const MIN_TIME_TO_LIVE_SECONDS = 86_400;
export const NEVER_EXPIRES = -1;

/** How far a cell's own timestamp may be from now, unless the table says otherwise. */
export const DEFAULT_MAX_DEVIATION_SECONDS = 86_400;

/** Timestamps of cells are milliseconds in [0, INT64_MAX / 1000). */
export const MAX_TIMESTAMP_MS = (2n ** 63n - 1n) / 1000n;

/** One capacity unit is one access to up to 4 KB (…/billing-overview, "read/write throughput"). */
export const CAPACITY_UNIT_BYTES = 4096;

/** Not documented; twice the largest write, so that limits on content answer before this one. */
export const MAX_BODY_BYTES = 2 * MAX_WRITE_BYTES;

/** "The difference between date in response and system time is more than 15 minutes", official Python SDK. */
export const MAX_CLOCK_SKEW_MS = 15 * 60_000;
