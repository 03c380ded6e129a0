import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoints } from "../../local/index.ts";
import { RunningCloud } from "../support/cloud/running-cloud.ts";

const BIN = resolve("cli/thingcast.mjs");

/** The command line as a person starts it, against the local cloud as a person starts that. */
describe("thingcast, in a process of its own", () => {
	const cloud = new RunningCloud("--devices", "2");
	/** A folder with the local cloud's addresses in it, as where `npm start` runs. */
	const folder = mkdtempSync(join(tmpdir(), "thingcast-cli-"));
	let endpoints: Endpoints;
	let target: string[];

	beforeAll(async () => {
		endpoints = await cloud.start();
		mkdirSync(join(folder, ".local"));
		symlinkSync(join(cloud.dataDir, "endpoints.json"), join(folder, ".local/endpoints.json"));
		const { productKey = "", deviceName = "" } = endpoints.devices[0] ?? {};
		target = ["--product", productKey, "--device", deviceName];
	});
	afterAll(async () => {
		await cloud.remove();
		rmSync(folder, { recursive: true });
	});

	const types = async (words: readonly string[], env: Record<string, string> = {}) => {
		const child = spawn(process.execPath, [BIN, ...words], {
			cwd: folder,
			env: {
				PATH: process.env["PATH"],
				HOME: folder,
				THINGCAST_URL: endpoints.http,
				THINGCAST_KEY: endpoints.apiKey,
				...env,
			},
			stdio: ["ignore", "pipe", "pipe"],
		});
		const ended = once(child, "exit");
		const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
		const [code] = (await ended) as [number];
		const lines = out.split("\n").filter(Boolean);
		const json: Array<Record<string, unknown>> = words.includes("--json")
			? lines.map((line) => JSON.parse(line))
			: [];
		return { code, out, err, json };
	};
	/** Of the first thing that was shown. */
	const idOf = ({ json }: { json: ReadonlyArray<Record<string, unknown>> }) =>
		String(json[0]?.["id"]);
	const send = (...more: string[]) => types(["send", ...target, "--json", ...more]);

	it("sends a command and tells what became of it", async () => {
		const { code, json } = await send("--service", "Get", "--wait", "20");
		expect(json).toMatchObject([{ state: "succeeded", service: "Get" }]);
		expect(code).toBe(0);
		const shown = await types(["get", idOf({ json })]);
		expect(shown.out).toMatch(/^state +succeeded$/m);
		expect(shown.out).not.toContain("\u001b");
	});

	it("keeps the digits of arguments, there and back", async () => {
		const args = '{"temperature":10.0,"param1":12345678901234567890}';
		const sent = await send("--service", "Set", "--args", args);
		const { out } = await types(["get", idOf(sent), "--json"]);
		expect(out).toContain(`"args":${args}`);
	});

	it("ends with 1 for a command that failed, and says why", async () => {
		const sent = await send("--service", "Nope", "--wait", "20");
		expect(sent.code).toBe(1);
		const { out } = await types(["why", idOf(sent)]);
		expect(out).toContain("has no service Nope");
		expect(out).toContain("What to do:");
	});

	it("lists as NDJSON with nothing else on stdout", async () => {
		const { json, err } = await types(["list", "--state", "failed", "--json"]);
		expect(json.length).toBeGreaterThan(0);
		expect(json.every(({ state }) => state === "failed")).toBe(true);
		expect(err).toBe("");
	});

	it("makes a schedule, looks ahead, pauses and deletes it", async () => {
		const when = ["--cron", "0 7 * * 1-5", "--zone", "Asia/Shanghai", "--name", "morning"];
		const create = ["schedule", "create", ...when, ...target, "--service", "Set", "--json"];
		const id = idOf(await types(create));
		const due = await types(["due", "--count", "3", "--json"]);
		expect(due.json).toHaveLength(3);
		expect(due.json[0]).toMatchObject({ schedule: id, name: "morning" });
		expect((await types(["schedule", "preview", id])).out).toContain("07:00");
		const paused = await types(["schedule", "pause", id, "--json"]);
		expect(paused.json).toMatchObject([{ status: "paused" }]);
		expect((await types(["due"])).err).toContain("no schedule has a run to come");
		expect((await types(["schedule", "delete", id])).code).toBe(0);
		expect((await types(["schedule", "get", id])).err).toContain("404 not-found");
	});

	it("tests a reaction", async () => {
		const reaction = {
			name: "hot",
			when: { source: "property", identifier: "temperature", condition: "value > 30" },
			do: { service: "Set", args: {} },
		};
		const file = join(folder, "reaction.json");
		writeFileSync(file, JSON.stringify(reaction));
		const made = await types(["reaction", "apply", file, "--json"]);
		expect(made.json).toMatchObject([{ name: "hot", enabled: true }]);
		const again = await types(["reaction", "apply", file]);
		expect(again.out).toContain(`replaced ${idOf(made)} hot`);
		const event = JSON.stringify({ value: 31, productKey: "a1", deviceName: "d" });
		const trial = await types(["reaction", "test", idOf(made), event, "--json"]);
		expect(trial.json).toMatchObject([{ sends: true, command: { service: "Set" } }]);
	});

	it("makes a key that can do less, uses it, revokes it, and shows who did what", async () => {
		const make = ["keys", "create", "gate 7", "--scope", "commands:read", "--json"];
		const made = await types(make);
		const own = { THINGCAST_KEY: String(made.json[0]?.["key"]) };
		expect((await types(["list", "--json"], own)).code).toBe(0);
		const refused = await types(["send", ...target, "--service", "Get"], own);
		expect(refused.err).toContain("403 forbidden");
		const listed = await types(["keys", "list", "--json"]);
		expect(listed.json).toMatchObject([{ name: "gate 7", scopes: ["commands:read"] }]);
		expect(listed.out).not.toContain(own.THINGCAST_KEY);
		expect((await types(["keys", "delete", idOf(made)])).code).toBe(0);
		const { json } = await types(["audit", "--limit", "3", "--json"]);
		expect(json.slice(0, 3)).toMatchObject([
			{ by: "bootstrap-1", action: "deleteKey", subject: idOf(made), status: 204 },
			{ by: "gate 7", action: "createCommand", status: 403 },
			{ by: "bootstrap-1", action: "createKey", subject: idOf(made), status: 201 },
		]);
	});

	it("shows the quota", async () => {
		expect((await types(["quota", "--json"])).json).toMatchObject([{ limit: 500 }]);
	});

	it("setup and doctor read the local cloud of the folder", async () => {
		const none = { THINGCAST_URL: "", THINGCAST_KEY: "" };
		const doctor = await types(["doctor", "--profile", "local", "--json"], none);
		expect(doctor.json.at(-1)).toEqual({ ok: true, wrong: 0 });
		expect(doctor.json.map(({ check }) => check)).toEqual(
			expect.arrayContaining(["table", "queue"]),
		);
		const setup = await types(["setup", "--profile", "local", "--json"], none);
		expect(setup.err).toContain("nothing to do");
		expect(setup.json.every(({ plan }) => plan === "keep")).toBe(true);
		expect(`${doctor.out}${setup.out}`).not.toContain(endpoints.accessKeySecret);
	});
});
