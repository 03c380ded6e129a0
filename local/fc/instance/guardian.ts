import { type ChildProcess, spawn } from "node:child_process";

/**
 * Reads "+ pid" and "- pid" and, when its input ends, kills the groups of the
 * processes that are left. The input ends whenever the local cloud does, kill -9 included: a
 * frozen or busy instance could not notice that by itself.
 */
const SCRIPT = `
trap '' INT TERM HUP
live=
while read -r op pid; do
	case $op in
	+) live="$live $pid" ;;
	-) rest=
		for p in $live; do [ "$p" = "$pid" ] || rest="$rest $p"; done
		live=$rest ;;
	esac
done
for p in $live; do kill -9 "-$p" 2>/dev/null; done
`;

/** Sees to it that no instance outlives this process. */
export class Guardian {
	readonly #shell: ChildProcess | undefined;

	constructor() {
		if (process.platform === "win32") return;
		this.#shell = spawn("/bin/sh", ["-c", SCRIPT], {
			stdio: ["pipe", "ignore", "ignore"],
			detached: true,
		});
		// Without it only the cleaning up after kill -9 is missing.
		this.#shell.on("error", () => {});
		this.#shell.stdin?.on("error", () => {});
		this.#shell.unref();
	}

	watch(pid: number): void {
		this.#shell?.stdin?.write(`+ ${pid}\n`);
	}

	forget(pid: number): void {
		this.#shell?.stdin?.write(`- ${pid}\n`);
	}

	close(): void {
		this.#shell?.stdin?.end();
	}
}
