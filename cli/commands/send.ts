import type { Command } from "commander";
import { EXIT, exitOf } from "../exit.ts";
import { seconds } from "../options.ts";
import { runsWithApi, type Session } from "../session.ts";
import { commandFacts } from "../words/command-facts.ts";
import {
	addTarget,
	addTemplate,
	deviceOf,
	type TargetOptions,
	type TemplateOptions,
	templateText,
} from "../words/target.ts";

interface Options extends TargetOptions, TemplateOptions {
	readonly wait?: number;
	readonly idempotencyKey?: string;
}

export function register(command: Command, session: Session): void {
	addTemplate(addTarget(command))
		.option("--wait <time>", "wait so long for the outcome; the exit code tells it", seconds)
		.option("--idempotency-key <key>", "the same key sends once, for a day")
		.addHelpText(
			"after",
			`\nExample:\n  thingcast send --product a1… --device light --service Set --args '{"level": 3}' --wait 10`,
		);
	runsWithApi<Options>(command, session, async ({ client, io, show, options }) => {
		const { wait, idempotencyKey } = options;
		const body = templateText(io, options, { device: deviceOf(options) });
		if (wait) io.progress(`waiting for the outcome, ${wait} s at most …`);
		const sent = await client.commands.send(body, { wait, idempotencyKey, signal: io.signal });
		show.one(sent, (command) => commandFacts(show, command));
		return wait ? exitOf(sent.state) : EXIT.ok;
	});
}
