/** Checked by `tsc` and never run: what the types must allow, and what they must not. */
import { type Command, hasEnded, match, type Outcome, type Succeeded } from "../src/index.ts";

declare const command: Command;
declare const outcome: Outcome;
const text = () => "";

// @ts-expect-error a result is there only once the state is known to be one that has it
command.result;

if (command.state === "succeeded") command satisfies Succeeded;
if (hasEnded(command)) command satisfies Outcome;

const all = { succeeded: text, failed: text, timed_out: text, expired: text, canceled: text };
// @ts-expect-error unknown is missing
match(outcome, all);
match(outcome, { ...all, unknown: ({ error }) => error?.code ?? "" }) satisfies string;

export function exhaustive(one: Outcome): string {
	switch (one.state) {
		case "succeeded":
			return one.result ?? "";
		case "failed":
			return one.error.code;
		case "timed_out":
		case "expired":
		case "canceled":
			return one.state;
		default:
			// @ts-expect-error unknown is left
			return one satisfies never;
	}
}
