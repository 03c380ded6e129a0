import type { Command } from "commander";
import type { Job } from "../../../client/src/index.ts";
import { EXIT } from "../../exit.ts";
import { type ApiContext, firstOf, runsWithApi, type Session } from "../../session.ts";
import { exitOfJob, jobFacts, jobLine, restsNow } from "../../words/job.ts";

const POLL_MS = 1_000;

export function registerWatch(command: Command, session: Session): void {
	command.argument("<id>");
	runsWithApi<object>(command, session, (context) => watch(context, firstOf(context.args)));
}

/** Tells each change on stderr, and how it stands at last on stdout. */
export async function watch({ client, io, show }: ApiContext<object>, id: string): Promise<number> {
	let told = "";
	for (;;) {
		const job = await client.jobs.get(id);
		const line = jobLine(job);
		if (line !== told) io.say(line);
		told = line;
		if (restsNow(job)) {
			show.one(job, (one) => ["", ...jobFacts(show, one)]);
			const exit = exitOfJob(job);
			if (exit === EXIT.paused) io.say(`what to do: ${adviceOn(job, id)}`);
			return exit;
		}
		await io.clock.sleep(POLL_MS, io.signal);
	}
}

/** What may have stopped it; the API lists one state at a time. */
const BAD = ["failed", "unknown", "timed_out", "expired"] as const;

function adviceOn({ state, counts = {} }: Job, id: string): string {
	if (state !== "paused") return `\`thingcast job approve ${id}\` lets the next wave begin`;
	const most = BAD.reduce((worst, one) =>
		(counts[one] ?? 0) > (counts[worst] ?? 0) ? one : worst,
	);
	const look = counts[most] ? `look at \`thingcast job devices ${id} --state ${most}\`, then ` : "";
	return `${look}\`thingcast job resume ${id}\` or \`… cancel ${id}\``;
}
