import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SERVE = fileURLToPath(new URL("serve.ts", import.meta.url));

/** A service in a process of its own. */
export class KillableTablestore {
	readonly url: string;
	readonly #child: ChildProcess;

	private constructor(child: ChildProcess, url: string) {
		this.#child = child;
		this.url = url;
	}

	static async start(dataDir: string, indexDelayMs = 5): Promise<KillableTablestore> {
		const child = spawn(
			process.execPath,
			["--import", "tsx", SERVE, dataDir, String(indexDelayMs)],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
		return new KillableTablestore(child, line);
	}

	/** kill -9: no handler of the process runs. Resolves once it is gone. */
	async kill(): Promise<void> {
		const gone = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await gone;
	}
}
