import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunningCloud } from "../cloud/running-cloud.ts";
import type { ShellBlock } from "./shell-blocks.ts";

/** What a clone has of its own, or what would be shared with whoever works here. */
const NOT_LINKED = [".git", ".local"];

/**
 * What a reader's terminal does otherwise: it goes on after an error, curl shows
 * a refusal and ends well all the same, and npx takes a second to start.
 */
const STRICT = `set -euo pipefail
curl() { command curl --fail-with-body --silent --show-error "$@"; }
npx() { if [ "$1" = thingcast ]; then shift; node cli/thingcast.mjs "$@"; else command npx "$@"; fi; }
`;

export interface Pasted {
	readonly code: number | null;
	/** All that was printed, and which block was under way. */
	readonly output: string;
}

/** Somebody in a clone who has pasted what `npm start` prints, and now pastes a document's blocks. */
export class Reader {
	readonly folder = mkdtempSync(join(tmpdir(), "thingcast-reader-"));
	readonly #exports: string;

	constructor({ lines, dataDir }: RunningCloud) {
		for (const name of readdirSync(".").filter((entry) => !NOT_LINKED.includes(entry))) {
			symlinkSync(resolve(name), join(this.folder, name));
		}
		mkdirSync(join(this.folder, ".local"));
		symlinkSync(join(dataDir, "endpoints.json"), join(this.folder, ".local/endpoints.json"));
		this.#exports = lines.filter((line) => /^ *export /.test(line)).join("\n");
	}

	/** One terminal for all of them: what a block sets, the next one finds. */
	async pastes(blocks: readonly ShellBlock[]): Promise<Pasted> {
		const parts = blocks.map(({ line, code }) => `echo "--- line ${line}"\n${code}`);
		const script = [STRICT, this.#exports, ...parts].join("\n");
		const child = spawn("bash", ["-c", script], {
			cwd: this.folder,
			env: {
				PATH: process.env["PATH"],
				HOME: this.folder,
				TMPDIR: tmpdir(),
				NO_COLOR: "1",
			},
			stdio: ["ignore", "pipe", "pipe"],
		});
		const output: string[] = [];
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk: Buffer) => output.push(chunk.toString()));
		}
		const [code] = (await once(child, "close")) as [number | null];
		return { code, output: output.join("") };
	}

	leaves(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
