import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../../../cli/io.ts";
import { run } from "../../../cli/run.ts";
import { systemClock } from "../../../shared/clock.ts";

interface Typed {
	readonly code: number;
	readonly out: string;
	readonly err: string;
	/** Of `--json`: the objects on stdout. */
	readonly json: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** Somebody at a command line, with a home of their own. */
export class Person {
	readonly home = mkdtempSync(join(tmpdir(), "thingcast-home-"));
	env: Record<string, string> = {};
	/** Undefined: nobody is there to answer. */
	answer: string | undefined;
	stdin = "";
	columns: number | undefined;
	colours = false;
	readonly asked: string[] = [];

	async types(...words: readonly string[]): Promise<Typed> {
		const out: string[] = [];
		const err: string[] = [];
		const { answer } = this;
		const io: Io = {
			env: this.env,
			home: this.home,
			out: (line) => out.push(line),
			say: (line) => err.push(line),
			progress: () => {},
			columns: this.columns,
			colours: this.colours,
			ask:
				answer === undefined
					? undefined
					: async (question) => {
							this.asked.push(question);
							return answer;
						},
			readInput: () => this.stdin,
			clock: { ...systemClock, sleep: async () => {} },
			signal: new AbortController().signal,
		};
		const code = await run(words, io);
		const json = words.includes("--json") ? out.map((line) => JSON.parse(line)) : [];
		return { code, out: out.join("\n"), err: err.join("\n"), json };
	}

	leaves(): void {
		rmSync(this.home, { recursive: true });
	}
}
