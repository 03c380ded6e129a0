// A custom runtime in plain node:http. Events and queries say what it shall do.
const { createServer } = require("node:http");
const { randomUUID } = require("node:crypto");
const { appendFileSync, existsSync } = require("node:fs");

const instance = randomUUID();
let initialized = 0;
let open = 0;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function appear(path) {
	while (!existsSync(path)) await pause(5);
}

const note = (line) => {
	if (process.env.NOTES) appendFileSync(process.env.NOTES, `${line}\n`);
};

async function read(request) {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks);
}

const actions = {
	async echo(command) {
		return command;
	},
	async seen(_command, request) {
		return {
			headers: request.headers,
			env: process.env,
			cwd: process.cwd(),
			instance,
			initialized,
		};
	},
	/** Says that it runs, then waits until it may go on. */
	async hold(command) {
		appendFileSync(command.began, `${process.pid}\n`);
		await appear(command.until);
		return { instance, open };
	},
	async sleep(command) {
		const began = Date.now();
		await pause(command.ms);
		return { instance, began, ended: Date.now() };
	},
	async fail() {
		throw new RangeError("out of luck");
	},
	async log(command, request) {
		console.log(`${request.headers["x-fc-request-id"]} named`);
		console.log("of nobody");
		return command;
	},
	/** Asks a server, and then waits. */
	async ask(command) {
		const status = (await fetch(command.url)).status;
		await pause(command.ms);
		return { status, now: Date.now() };
	},
};

async function invoke(request, response) {
	const command = JSON.parse((await read(request)).toString() || "{}");
	open++;
	try {
		const result = await (actions[command.action] ?? actions.echo)(command, request);
		response.end(JSON.stringify(result));
	} catch (error) {
		response.writeHead(404, { "x-fc-status": "404" });
		response.end(JSON.stringify({ errorMessage: error.message, errorType: error.name }));
	} finally {
		open--;
	}
}

/** `/events` sends an event, waits until a file exists, sends another one. */
async function events(url, response) {
	response.on("close", () => note(response.writableFinished ? "finished" : "left"));
	response.writeHead(200, { "content-type": "text/event-stream", "x-of-function": "yes" });
	response.write("data: first\n\n");
	await appear(url.searchParams.get("until"));
	response.end("data: second\n\n");
}

/** `/clock` writes every second how many milliseconds have passed. */
async function clock(url, response) {
	const began = Date.now();
	for (let left = Number(url.searchParams.get("count")); left > 0; left--) {
		response.write(`${Date.now() - began}\n`);
		await pause(1_000);
	}
	response.end();
}

async function show(request, response) {
	const body = (await read(request)).toString("base64");
	const { method, url, headers } = request;
	response.writeHead(201, "Made", { "set-cookie": ["a=1", "b=2"], "x-fc-of-function": "dropped" });
	response.end(JSON.stringify({ method, url, headers, body, instance }));
}

createServer((request, response) => {
	const url = new URL(request.url, "http://function");
	const { pathname } = url;
	if (request.headers["x-fc-control-path"] === "/http-invoke") {
		if (pathname === "/events") events(url, response);
		else if (pathname === "/clock") clock(url, response);
		else if (pathname === "/hang") note("hangs");
		else if (pathname === "/break") response.destroy();
		else show(request, response);
	} else if (pathname === "/invoke" && request.method === "POST") invoke(request, response);
	else if (pathname === "/initialize" && request.method === "POST") {
		initialized++;
		note(`initialize ${request.headers["x-fc-control-path"]}`);
		response.end();
	} else if (pathname === "/pre-stop" && request.method === "GET") {
		note(`pre-stop ${request.headers["x-fc-control-path"]}`);
		response.end();
	} else if (pathname === "/health") {
		note("health");
		response.end();
	} else response.writeHead(404).end();
}).listen(Number(process.env.FC_SERVER_PORT || 9000), "0.0.0.0");
