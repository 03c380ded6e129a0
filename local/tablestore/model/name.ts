import { MAX_NAME_BYTES } from "../limits.ts";

/** Names of tables, indexes and columns (alibabacloud.com/help/en/tablestore/limits-on-widecolumn-model). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isName(name: string): boolean {
	return name.length <= MAX_NAME_BYTES && NAME.test(name);
}
