import type { Account } from "../../account.ts";
import { fcErrors } from "../errors.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export function parseLimit(query: URLSearchParams): number {
	const text = query.get("limit");
	if (text === null) return DEFAULT_LIMIT;
	const limit = Number(text);
	if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
		throw fcErrors.invalidArgument(`limit must be 1 to ${MAX_LIMIT}, is '${text}'`);
	}
	return limit;
}

export function arn(account: Account, functionName: string): string {
	return `acs:fc:${account.region}:${account.accountId}:functions/${functionName}`;
}
