import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../shared/clock.ts";
import { withDeadline } from "../../shared/deadline.ts";
import { TableError } from "../../shared/table/table.ts";
import { preferredWait } from "./prefer.ts";

/** A caller is answered within this time, whatever the table store does; beyond it the caller's own wait. */
const ANSWER_WITHIN_MS = 1_900;

/** Every request has one deadline in all, however many operations of the table store it takes. */
export function answerInTime(clock: Clock): MiddlewareHandler {
	return ({ req }, next) =>
		withDeadline(clock, ANSWER_WITHIN_MS + preferredWait(req.raw.headers) * 1000, next(), late);
}

const late = () =>
	new TableError("DeadlineExceeded", `no answer within ${ANSWER_WITHIN_MS} ms`, {
		retryable: true,
		applied: "maybe",
		retryAfterSeconds: 1,
	});
