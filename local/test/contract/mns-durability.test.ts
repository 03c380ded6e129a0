import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../store/database.ts";
import { clientAt } from "../support/mns/service.ts";

const SERVE = fileURLToPath(new URL("../support/mns/serve.ts", import.meta.url));
const ROUNDS = 4;
const SENDERS = 4;
/** Acknowledged messages after which the process is killed in the middle of the next ones. */
const ACKNOWLEDGED_BEFORE_KILL = 60;

const dataDir = mkdtempSync(join(tmpdir(), "thingcast-mns-kill-"));
let child: ChildProcess | undefined;
afterEach(() => {
	child?.kill("SIGKILL");
	rmSync(dataDir, { recursive: true, force: true });
});

async function serve() {
	child = spawn(process.execPath, ["--import", "tsx", SERVE, dataDir], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	if (!child.stdout) throw new Error("the service has no output");
	const [url] = (await once(createInterface(child.stdout), "line")) as [string];
	return clientAt(url);
}

async function kill(): Promise<void> {
	if (!child) return;
	const exit = once(child, "exit");
	child.kill("SIGKILL");
	await exit;
}

describe("after kill -9 in the middle of traffic", () => {
	it("every acknowledged message is there, and every deleted one is not", async () => {
		const acknowledged = new Set<string>();
		const taken = new Set<string>();
		const deleted = new Set<string>();
		for (let round = 0; round < ROUNDS; round++) {
			const client = await serve();
			const before = acknowledged.size;
			let killNow = () => {};
			const enough = new Promise<void>((resolve) => {
				killNow = resolve;
			});
			const sender = async (name: number) => {
				for (let index = 0; ; index++) {
					const body = `${round}.${name}.${index}`;
					await client.sendMessage("orders", { MessageBody: body });
					acknowledged.add(body);
					if (acknowledged.size === before + ACKNOWLEDGED_BEFORE_KILL) killNow();
				}
			};
			const deleter = async () => {
				for (;;) {
					const { body } = await client.receiveMessage("orders", 5);
					// From here on it may or may not be there, until the answer to its deletion has come.
					taken.add(body.MessageBody);
					await client.deleteMessage("orders", body.ReceiptHandle);
					deleted.add(body.MessageBody);
				}
			};
			const workers = [...Array.from({ length: SENDERS }, (_, name) => sender(name)), deleter()];
			const ended = Promise.allSettled(workers);
			await enough;
			await kill();
			await ended;
		}
		const db = openDatabase(dataDir, "mns");
		const stored = (db.prepare("SELECT body FROM messages").all() as { body: string }[]).map(
			({ body }) => body,
		);
		db.close();
		expect(new Set(stored).size).toBe(stored.length);
		const kept = [...acknowledged].filter((body) => !taken.has(body));
		expect(kept.filter((body) => !stored.includes(body))).toEqual([]);
		expect(stored.filter((body) => deleted.has(body))).toEqual([]);
		expect(kept.length).toBeGreaterThan(ROUNDS * SENDERS);
		expect(deleted.size).toBeGreaterThan(0);
	}, 60_000);
});
