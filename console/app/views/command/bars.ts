import type { Command } from "../../../../client/src/index.ts";

interface Bar {
	/** Shares of the whole, 0 to 1. */
	readonly from: number;
	readonly to: number;
	/** A class of style.css. */
	readonly look: "good" | "bad" | "going" | "unsure";
	readonly label: string;
}

/** The attempts, the wait for the reply and the reply of a command, to scale. */
export function barsOf(
	command: Command,
	now: number,
): { readonly bars: Bar[]; readonly spanMs: number } {
	const start = Date.parse(command.createdAt);
	const end = command.terminal ? Date.parse(command.updatedAt) : Math.max(now, start + 1);
	const spanMs = end - start;
	const share = (ms: number) => Math.min(1, Math.max(0, (ms - start) / spanMs));
	const bars: Bar[] = command.attempts.map(({ at, durationMs, code }, index) => {
		const began = Date.parse(at);
		const label = `attempt ${index + 1}: ${code ?? "taken"}`;
		return {
			from: share(began),
			to: share(began + durationMs),
			look: code ? "bad" : "good",
			label,
		};
	});
	const last = command.attempts.at(-1);
	if (last && !last.code) {
		const from = Date.parse(last.at) + last.durationMs;
		const until = "reply" in command && command.reply ? Date.parse(command.reply.at) : end;
		if (until - from > 0) {
			bars.push({
				from: share(from),
				to: share(until),
				look: "going",
				label: "waits for the reply",
			});
		}
	}
	return { bars, spanMs };
}
