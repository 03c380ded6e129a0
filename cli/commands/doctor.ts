import type { Command } from "commander";
import { type Check, checkAll } from "../deployment/checks.ts";
import { EXIT } from "../exit.ts";
import { collect } from "../options.ts";
import { runs, type Session } from "../session.ts";

const COLOURS = { ok: "green", wrong: "red", skipped: "grey" } as const;
const WIDEST_STATE = 7;

export function register(command: Command, session: Session): void {
	command
		.option("--product <key>", "whose devices report to a queue; again for each", collect, [])
		.option("--profile <name>", "url and key by name; local: the local cloud of this folder");
	runs<{ profile?: string; product: string[] }>(command, session, async ({ io, show, options }) => {
		let wrong = 0;
		for await (const found of checkAll(io, options.profile, options.product)) {
			if (found.state === "wrong") wrong++;
			show.one(found, ({ check, state, detail, advice }: Check) => [
				`${show.paint(state.padEnd(WIDEST_STATE), COLOURS[state])}  ${check}: ${detail}`,
				...(advice ? [`${" ".repeat(WIDEST_STATE)}  what to do: ${advice}`] : []),
			]);
		}
		if (show.json) show.one({ ok: wrong === 0, wrong }, () => []);
		return wrong === 0 ? EXIT.ok : EXIT.failed;
	});
}
