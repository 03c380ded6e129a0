/**
 * One client with one signature: it logs in, is called by a synchronous and by an
 * asynchronous service, and its answers arrive. Arguments: endpoints.json, client, method.
 */
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TIMEOUT_MS = 20_000;
const [file, client, method] = process.argv.slice(2);
const endpoints = JSON.parse(readFileSync(file, "utf8"));
const device = endpoints.devices[1];
const { productKey, deviceName, deviceSecret } = device;
const timestamp = "1700000000000";
const content = `clientId${client}deviceName${deviceName}productKey${productKey}timestamp${timestamp}`;
const login = {
	PORT: new URL(endpoints.mqtt).port,
	CLIENT_ID: `${client}|securemode=3,signmethod=${method},timestamp=${timestamp}|`,
	USERNAME: `${deviceName}&${productKey}`,
	PASSWORD: createHmac(method.slice("hmac".length), deviceSecret).update(content).digest("hex"),
	SYSTEM: `/sys/${productKey}/${deviceName}`,
};

const encode = (text) =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
	);

async function call(service) {
	const query = {
		Action: "InvokeThingService",
		Version: "2018-01-20",
		Format: "JSON",
		AccessKeyId: endpoints.accessKeyId,
		SignatureMethod: "HMAC-SHA1",
		SignatureVersion: "1.0",
		SignatureNonce: randomUUID(),
		Timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
		ProductKey: productKey,
		DeviceName: deviceName,
		Identifier: service,
		Args: "{}",
	};
	const text = Object.keys(query)
		.sort()
		.map((name) => `${name}=${encode(query[name])}`)
		.join("&");
	const signature = createHmac("sha1", `${endpoints.accessKeySecret}&`)
		.update(`GET&%2F&${encode(text)}`)
		.digest("base64");
	const response = await fetch(`${endpoints.iot}/?${text}&Signature=${encode(signature)}`);
	return response.json();
}

const programs = {
	mosquitto: ["bash", "device.sh"],
	paho: ["/usr/bin/python3", "device.py"],
};
const [program, script] = programs[client];
const child = spawn(program, [fileURLToPath(new URL(script, import.meta.url))], {
	env: { ...process.env, ...login },
	stdio: ["ignore", "pipe", "inherit"],
	// A group of its own: the programs that a script starts end with it.
	detached: true,
});
const lines = [];
const said = new Promise((resolve, reject) => {
	child.stdout.on("data", (chunk) => {
		lines.push(...String(chunk).split("\n").filter(Boolean));
		if (lines.includes("subscribed")) resolve();
	});
	child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
});
const limit = setTimeout(() => end(`no success in ${TIMEOUT_MS} ms`), TIMEOUT_MS);

function end(problem) {
	clearTimeout(limit);
	child.removeAllListeners("exit");
	try {
		process.kill(-child.pid);
	} catch {
		// It has ended by itself.
	}
	if (problem) console.error(`${client}: ${problem}`);
	process.exit(problem ? 1 : 0);
}

try {
	await said;
	const answer = await call("Get");
	if (!answer.Success) throw new Error(JSON.stringify(answer));
	if (JSON.parse(answer.Data.Result).code !== 200) throw new Error(answer.Data.Result);
	const accepted = await call("Set");
	if (!accepted.Success) throw new Error(JSON.stringify(accepted));
	end();
} catch (error) {
	end(error.message);
}
