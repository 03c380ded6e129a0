import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractApi, commandOf } from "../support/api/contract-api.ts";

describe("the process", () => {
	let api: ContractApi;
	beforeEach(async () => {
		api = await ContractApi.start();
	});
	afterEach(() => api.close());

	const start = (...words: string[]) => {
		const env = { PATH: process.env["PATH"], THINGCAST_URL: api.url, THINGCAST_KEY: api.key };
		const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
		const child = spawn(process.execPath, ["cli/thingcast.mjs", ...words], { env, stdio });
		const ended = once(child, "exit").then(([code]) => code as number | null);
		return { child, ended };
	};
	const patiently = { timeout: 20_000 };

	it.each([
		["get", "c1", "--wait", "1h"],
		["tail", "-f"],
		["job", "watch", "j1"],
	])("%s %s ends with 130 when somebody presses Ctrl+C", async (...words) => {
		api.change(commandOf("c1"));
		api.answer("GET /v1/jobs/j1", { id: "j1", state: "running" });
		const { child, ended } = start(...words);
		const asked = words[0] === "tail" ? 2 : 1;
		await expect.poll(() => api.seen.length, patiently).toBeGreaterThanOrEqual(asked);
		child.kill("SIGINT");
		expect(await ended).toBe(130);
	});

	it("tail -f tells every change as it comes, also over a connection that breaks", async () => {
		const { child, ended } = start("tail", "-f", "-n", "0", "--json");
		let out = "";
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		await expect.poll(() => api.streams, patiently).toBe(1);
		api.change(commandOf("c1"));
		await expect.poll(() => out, patiently).toContain('"id":"c1"');
		api.cutStreams();
		api.change(commandOf("c1", { state: "succeeded", terminal: true }));
		await expect.poll(() => out, patiently).toContain('"state":"succeeded"');
		child.kill("SIGINT");
		await ended;
		expect(
			out
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line).state),
		).toEqual(["accepted", "succeeded"]);
	});

	it("ends quietly when nobody reads its output any more", async () => {
		for (let index = 0; index < 100; index++) api.change(commandOf(`c${index}`));
		const { child, ended } = start("list", "--limit", "all", "--json");
		child.stdout.once("data", () => child.stdout.destroy());
		const [err, code] = await Promise.all([text(child.stderr), ended]);
		expect(err).toBe("");
		expect(code).toBe(0);
	});
});
