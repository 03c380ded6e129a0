import { CommanderError } from "commander";
import { ThingcastError } from "../client/src/index.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { printable } from "./output/width.ts";
import { UsageError } from "./problems.ts";

/** What to do about an error of the API, by the stable end of its type. */
const ADVICE: Readonly<Record<string, string>> = {
	"no-answer": "is the address right, and is it running? `thingcast doctor` looks",
	unauthorized: "the key is wrong, revoked or expired: THINGCAST_KEY, or the profile's",
	forbidden: "the key's scopes or products do not reach this: `thingcast keys list` shows them",
	"method-not-allowed": "the API is older than this command line: deploy the same version",
	"idempotency-conflict": "take another --idempotency-key, or send the same command again",
	"version-conflict": "somebody changed it meanwhile: get it again, and apply your change to that",
	"store-unavailable": "the table store does not answer at the moment: try again",
	"internal-error": "the function's log says more",
	"no-stream": "the API is older than this command line: deploy the same version",
};

/** Says what was wrong, where, and what to do. @returns how the process ends. */
export function tell(io: Io, error: unknown, url: string | undefined): number {
	const line = (text: string) => io.say(printable(text));
	if (error instanceof CommanderError) {
		// It has printed its own message.
		return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
	}
	if (io.signal.aborted) return EXIT.interrupted;
	if (error instanceof UsageError) {
		line(`thingcast: ${error.message}`);
		if (error.advice) line(`  what to do: ${error.advice}`);
		return EXIT.usage;
	}
	if (error instanceof ThingcastError) {
		const { problem, request, code, status } = error;
		line(`thingcast: ${problem.title}: ${problem.detail ?? code}`);
		for (const { pointer, detail } of problem.errors ?? []) line(`  ${pointer || "/"}: ${detail}`);
		line(`  where: ${request} at ${url ?? "?"}${status ? `, answered ${status} ${code}` : ""}`);
		const advice = adviceFor(error);
		if (advice) line(`  what to do: ${advice}`);
		return EXIT.failed;
	}
	line(`thingcast: ${error instanceof Error ? error.message : String(error)}`);
	if (io.env["THINGCAST_DEBUG"] && error instanceof Error) io.say(error.stack ?? "");
	return EXIT.failed;
}

function adviceFor({ code, status, request }: ThingcastError): string | undefined {
	if (code === "not-found" && request.split("/").length <= 3) return ADVICE["method-not-allowed"];
	if (code === "not-found") return "look for its id with `list`; commands are kept for 90 days";
	if (status === 429) return "too many requests: wait a little, or ask for a higher rate";
	return ADVICE[code];
}
