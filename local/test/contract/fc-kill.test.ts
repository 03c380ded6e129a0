import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import {
	eventually,
	FIXTURES,
	fc2Client,
	type Running,
	startFixture,
} from "../support/fc/start.ts";

let dir = "";
let served: ChildProcess | undefined;
let running: Running | undefined;

afterEach(async () => {
	served?.kill("SIGKILL");
	await running?.close();
	rmSync(dir, { recursive: true, force: true });
});

it("after kill -9 no process is left, and what was accepted runs", async () => {
	dir = mkdtempSync(join(tmpdir(), "thingcast-fc-"));
	served = spawn(process.execPath, ["--import", "tsx", join(FIXTURES, "serve.ts"), dir], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const url = await new Promise<string>((resolve) => {
		served?.stdout?.once("data", (line: Buffer) =>
			resolve((JSON.parse(line.toString()) as { url: string }).url),
		);
	});
	const client = fc2Client(url);
	const async = { "x-fc-invocation-type": "Async" };
	const began = join(dir, "began");
	const until = join(dir, "go");
	const held = JSON.stringify({ action: "hold", began, until });
	await client.invokeFunction("s", "echo", held, { ...async, "x-fc-async-task-id": "held" });
	const busy = Number(await eventually(() => existsSync(began) && readFileSync(began, "utf8")));
	// A second instance, which is frozen when the end comes.
	const idle = await client.invokeFunction("s", "single", JSON.stringify({ action: "context" }));
	expect(idle.headers["x-fc-error-type"]).toBeUndefined();
	const file = join(dir, "runs");
	const later = JSON.stringify({ action: "flaky", file, failures: 0 });
	for (let index = 0; index < 20; index++) {
		await client.invokeFunction("s", "echo", later, { ...async, "x-fc-async-delay": "1" });
	}
	const children = childrenOf(served.pid ?? 0);
	expect(children).toContain(busy);
	expect(children.length).toBeGreaterThanOrEqual(2);

	served.kill("SIGKILL");
	await eventually(() => children.every((pid) => !existsSync(`/proc/${pid}`)));

	running = await startFixture({ dir });
	await eventually(() => readFileSync(began, "utf8").split("\n").length === 3);
	writeFileSync(until, "");
	await eventually(() => existsSync(file) && readFileSync(file, "utf8").split("\n").length === 21);
	await running.fc.settle();
	const messages = running.mns.queues.receive("successes", 100, 1_000);
	expect(messages).toHaveLength(21);
});

function childrenOf(pid: number): number[] {
	const path = `/proc/${pid}/task/${pid}/children`;
	return readFileSync(path, "utf8").trim().split(/\s+/).map(Number);
}
