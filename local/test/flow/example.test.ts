import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Endpoints } from "../../endpoints.ts";
import { Command } from "../support/project/command.ts";
import { Project } from "../support/project/project.ts";

const commands: Command[] = [];
let project: Project | undefined;
afterEach(async () => {
	for (const command of commands.splice(0)) await command.stop();
	project?.remove();
	project = undefined;
});

function start(dir: string, args: readonly string[]): Command {
	const command = new Command(dir, args);
	commands.push(command);
	return command;
}

it("the example: a request becomes a message, the device's answer a row; a device in the terminal sees it", async () => {
	project = new Project({});
	const cloud = start(project.dir, ["--example", "--data", ".local", "--port", "0"]);
	await cloud.line(/^thingcast-local is running/);
	const file = join(project.dataDir, "endpoints.json");
	const { http } = JSON.parse(readFileSync(file, "utf8")) as Endpoints;
	const row = async () => (await fetch(http)).text();
	await fetch(http, { method: "POST" });
	await expect.poll(row, { timeout: 20_000 }).toContain("temperature");

	const device = start(project.dir, ["device", "device-001"]);
	await device.line(/^device-001 is online$/);
	await fetch(http, { method: "POST" });
	expect(await device.line(/thing\.service\.Get/)).toContain("/rrpc/request/");
	await expect.poll(row, { timeout: 20_000 }).not.toContain("temperature");
}, 60_000);

it("device says what is missing", async () => {
	project = new Project({});
	const command = start(project.dir, ["device"]);
	await command.line(/endpoints\.json does not exist: start thingcast-local first/);
	expect(await command.ended()).toBe(1);
});
