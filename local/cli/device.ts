import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { connectAsync } from "mqtt";
import { systemClock } from "../clock/clock.ts";
import { mqttLogin } from "../devices/index.ts";
import type { Endpoints } from "../endpoints.ts";
import { parseJsonText, textMember } from "../iot/thing-model/json-text.ts";

const DEVICE_HELP = `thingcast-local device [NAME] [--data DIR]

Logs a device of a running local cloud in from this terminal and shows what
arrives; it answers every service with 200. The simulated device of that name
stays away until the next start. Lines that you type are sent:

  property {"power":1}
  event alarm {"reason":"smoke"}
  quit`;

/** `thingcast-local device`: until `quit`, a signal, or the end of the connection. */
export async function runDevice(args: readonly string[]): Promise<void> {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			data: { type: "string", default: ".local" },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) {
		console.log(DEVICE_HELP);
		return;
	}
	const { mqtt, devices } = readEndpoints(resolve(values.data));
	const name = positionals[0] ?? devices[0]?.deviceName ?? "";
	const device = devices.find(({ deviceName }) => deviceName === name);
	if (!device) {
		const known = devices.map(({ deviceName }) => deviceName).join(", ");
		throw new Error(`there is no device "${name}"; there are: ${known}`);
	}
	const login = mqttLogin(device, "terminal", systemClock.now());
	const client = await connectAsync(mqtt, { ...login, reconnectPeriod: 0 });
	const system = `/sys/${device.productKey}/${name}`;
	client.on("message", (topic, payload) => {
		const text = payload.toString("utf8");
		console.log(`${topic} ${text}`);
		const reply = answerTo(topic, text);
		if (reply) client.publish(reply.topic, reply.text);
	});
	await client.subscribeAsync([`${system}/#`, `/${device.productKey}/${name}/user/#`], { qos: 1 });
	console.log(`${name} is online`);
	const lines = createInterface({ input: process.stdin });
	lines.on("line", (line) => {
		const sent = messageOf(line, system);
		if (line.trim() === "quit") client.end();
		else if (sent) client.publish(sent.topic, sent.text, { qos: 1 });
		else if (line.trim() !== "") console.log(DEVICE_HELP);
	});
	await new Promise<void>((resolve) => client.once("close", () => resolve()));
	console.log(`${name} is offline`);
	lines.close();
}

function readEndpoints(dataDir: string): Endpoints {
	const path = join(dataDir, "endpoints.json");
	if (!existsSync(path)) {
		throw new Error(`${path} does not exist: start thingcast-local first, or give --data DIR`);
	}
	return JSON.parse(readFileSync(path, "utf8")) as Endpoints;
}

/** Success, on the topic on which the platform waits for it; undefined for what is no request. */
function answerTo(topic: string, text: string): { topic: string; text: string } | undefined {
	const message = parseJsonText(text);
	const id = message && textMember(message, "id");
	if (id === undefined || topic.endsWith("_reply") || topic.includes("/rrpc/response/")) {
		return undefined;
	}
	const sync = topic.includes("/rrpc/request/");
	if (!sync && !topic.includes("/thing/service/")) return undefined;
	return {
		topic: sync ? topic.replace("/rrpc/request/", "/rrpc/response/") : `${topic}_reply`,
		text: JSON.stringify({ id, code: 200, data: {}, message: "success" }),
	};
}

/** What a typed line sends; undefined if it is not one of those that there are. */
function messageOf(line: string, system: string): { topic: string; text: string } | undefined {
	const [, kind, identifier = "property", params] =
		/^\s*(property|event)(?:\s+(\w+))?\s+(\{.*\})\s*$/.exec(line) ?? [];
	if (kind === undefined || params === undefined || !parseJsonText(params)) return undefined;
	const name = kind === "property" ? "property" : identifier;
	const value = kind === "property" ? params : `{"value":${params},"time":${systemClock.now()}}`;
	const id = String(systemClock.now() % 2 ** 32);
	return {
		topic: `${system}/thing/event/${name}/post`,
		text: `{"id":"${id}","version":"1.0","params":${value},"method":"thing.event.${name}.post"}`,
	};
}
