import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../shared/clock.ts";
import { withDeadline } from "../../shared/deadline.ts";
import { TableError } from "../../shared/table/table.ts";
import { preferredWait } from "./prefer.ts";

/** A caller is answered within this time, whatever the table store does; beyond it the caller's own wait. */
const ANSWER_WITHIN_MS = 1_900;

/** To count what matches a filter may mean to look at all that is stored. */
const COUNT_WITHIN_MS = 50_000;
const COUNTING = /^\/v1\/commands\/(cancel|redrive)$/;

/** Every request has one deadline in all, however many operations of the table store it takes. */
export function answerInTime(clock: Clock): MiddlewareHandler {
	return ({ req }, next) => {
		const ms = COUNTING.test(req.path) ? COUNT_WITHIN_MS : ANSWER_WITHIN_MS;
		return withDeadline(clock, ms + preferredWait(req.raw.headers) * 1000, next(), () => late(ms));
	};
}

const late = (ms: number) =>
	new TableError("DeadlineExceeded", `no answer within ${ms} ms`, {
		retryable: true,
		applied: "maybe",
		retryAfterSeconds: 1,
	});
