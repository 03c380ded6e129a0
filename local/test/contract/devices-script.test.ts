import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { Received } from "../../devices/behaviour.ts";
import { readScript } from "../../devices/index.ts";
import { answering, stackOf } from "../support/project/project.ts";
import { runProject, type VirtualProject } from "../support/project/virtual-project.ts";

const dir = mkdtempSync(join(tmpdir(), "thingcast-script-"));
let world: VirtualProject | undefined;
afterEach(async () => {
	await world?.close();
	world = undefined;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SCRIPT = `
devices:
  device-001:
    services:
      Get: [silent, { code: 429, message: busy }, { data: { temperature: 3 }, delayMs: 200 }]
      "*": silent
    reports:
      - { everySeconds: 60, property: { power: 1 } }
      - { everySeconds: 90, event: { identifier: alarm, value: { reason: smoke } } }
`;

function scriptFile(text: string): string {
	const path = join(dir, "script.yaml");
	writeFileSync(path, text);
	return path;
}

const received = (service: string): Received => ({
	deviceName: "device-001",
	service,
	callType: "sync",
	id: "1",
	params: "{}",
	at: 0,
});

test("answers as its file says, one after the other, and reports by the clock", async () => {
	const script = scriptFile(SCRIPT);
	const answers = readScript(script).behaviourOf("device-001");
	expect(answers(received("Get"))).toBe("silent");
	expect(answers(received("Get"))).toEqual({ code: 429, message: "busy" });
	const last = { data: '{"temperature":3}', delayMs: 200 };
	expect([answers(received("Get")), answers(received("Get"))]).toEqual([last, last]);
	expect(answers(received("Set"))).toBe("silent");
	expect(readScript(script).behaviourOf("device-002")(received("Set"))).toEqual({});

	world = await runProject(
		{ "s.yaml": stackOf(["a"]), "a/index.js": answering("1") },
		{ script, devices: 1 },
	);
	const events = world.cloud.endpoints.queues.events;
	const seen: string[] = [];
	const take = () => {
		for (const { body, receiptHandle } of world?.cloud.mns.queues.receive(events, 16, 1_000) ??
			[]) {
			const wrapper = JSON.parse(Buffer.from(body, "base64").toString()) as { topic: string };
			seen.push(wrapper.topic.split("/thing/")[1] ?? "");
			world?.cloud.mns.queues.remove(events, receiptHandle);
		}
	};
	take();
	seen.length = 0;
	await world.clock.advance(180_000);
	await expect
		.poll(() => {
			take();
			return seen.toSorted();
		})
		.toEqual([
			"event/alarm/post",
			"event/alarm/post",
			"event/property/post",
			"event/property/post",
			"event/property/post",
		]);
});

test("every mistake is named with its file", () => {
	const path = scriptFile(
		"devices: { x: { services: { Get: loud }, reports: [{ everySeconds: 1 }] } }",
	);
	expect(() => readScript(path)).toThrow(/script\.yaml: [\s\S]*either a property or an event/);
});
