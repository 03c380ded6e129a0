"use strict";
/*
 * Runs inside an instance: loads one function and carries its invocations to
 * and from the local cloud over file descriptor 3. Plain CommonJS without
 * imports beyond Node's own, because its start-up time is part of every cold
 * start. Frames are described in frames.ts.
 */
const Module = require("node:module");
const { Socket } = require("node:net");
const { join } = require("node:path");

const MEMORY_CHECK_MS = 200;
const BYTES_PER_MB = 1024 * 1024;
/** As a shell reports SIGKILL, which is what the cloud's kernel sends. */
const EXIT_OUT_OF_MEMORY = 137;

const channel = new Socket({ fd: 3, readable: true, writable: true });
const startInterval = setInterval;
const startImmediate = setImmediate;
/** Turns of the event loop before an instance says what it waits for. */
const PROBE_TURNS = 5;

/** Set where the instance follows the local cloud's clock. */
let time;

/** A smaller source is compiled as fast as it is read from a cache. */
const MIN_CACHED_CHARS = 100_000;

/** Leaves the compiled code for later instances, once it is known what of it is used. */
let afterFirstInvocation;

let settings;
let handler;
let current;

function send(header, body) {
	const head = Buffer.from(JSON.stringify(header));
	const frame = Buffer.allocUnsafe(8 + head.length);
	frame.writeUInt32LE(head.length, 0);
	frame.writeUInt32LE(body ? body.length : 0, 4);
	head.copy(frame, 8);
	channel.write(frame);
	if (body?.length) channel.write(body);
}

let pending = [];
let pendingBytes = 0;

channel.on("data", (chunk) => {
	pending.push(chunk);
	pendingBytes += chunk.length;
	for (;;) {
		if (pendingBytes < 8) return;
		if (pending[0].length < 8) pending = [Buffer.concat(pending)];
		const headLength = pending[0].readUInt32LE(0);
		const total = 8 + headLength + pending[0].readUInt32LE(4);
		if (pendingBytes < total) return;
		const all = pending.length === 1 ? pending[0] : Buffer.concat(pending);
		pending = all.length > total ? [all.subarray(total)] : [];
		pendingBytes -= total;
		const header = JSON.parse(all.toString("utf8", 8, 8 + headLength));
		receive(header, all.subarray(8 + headLength, total));
	}
});
// The local cloud is gone: an instance must not outlive it.
channel.on("close", () => process.exit(0));
channel.on("error", () => process.exit(0));

function receive(header, body) {
	switch (header.t) {
		case "start":
			start(header);
			break;
		case "invoke":
			invoke(header, body);
			break;
		case "stop":
			stop(header);
			break;
		case "fire":
			time.moveTo(header.now);
			time.fire(header.id);
			break;
		case "time":
			time.moveTo(header.now);
			// After what is already on its way inside this process.
			afterTurns(PROBE_TURNS, () => send({ t: "state", ...time.state() }));
			break;
	}
}

function afterTurns(turns, callback) {
	if (turns === 0) callback();
	else startImmediate(() => afterTurns(turns - 1, callback));
}

async function start(header) {
	settings = header;
	watchMemory();
	if (header.now !== undefined) {
		const { installVirtualTime } = require("../preload/virtual-time.cjs");
		time = installVirtualTime(header.now, header.seed, {
			set: (id, ms) => send({ t: "timer", id, ms }),
			clear: (id) => send({ t: "clear", id }),
			skewMs: header.skewMs,
			localPorts: header.localPorts,
		});
	} else if (header.skewMs) {
		const { installDate } = require("../preload/virtual-time.cjs");
		const realNow = Date.now;
		installDate(() => realNow() + header.skewMs);
	}
	try {
		const exported = await load(settings.code, settings.handler);
		handler = exported;
		if (settings.initializer) {
			const initializer = await load(settings.code, settings.initializer);
			current = header.context.requestId;
			await call(initializer, [contextOf(header.context)]);
			current = undefined;
		}
		send({ t: "ready" });
	} catch (error) {
		current = undefined;
		send({ t: "failed" }, envelope(error));
	}
}

async function invoke(header, body) {
	if (header.now !== undefined) time.moveTo(header.now);
	current = header.context.requestId;
	let answer;
	let payload;
	try {
		payload = encode(await call(handler, [body, contextOf(header.context)]));
		answer = { t: "result" };
	} catch (error) {
		answer = { t: "error", handled: error instanceof CallbackError };
		payload = envelope(error instanceof CallbackError ? error.reason : error);
	}
	answer.rss = process.memoryUsage.rss();
	checkMemory(answer.rss);
	current = undefined;
	answer.working = afterFirstInvocation !== undefined;
	send(answer, payload);
	afterFirstInvocation?.();
	afterFirstInvocation = undefined;
}

async function stop(header) {
	if (settings?.preStop && handler) {
		try {
			current = header.context.requestId;
			await call(await load(settings.code, settings.preStop), [contextOf(header.context)]);
		} catch (error) {
			console.error(error);
		}
	}
	send({ t: "stopped" });
	process.exit(0);
}

/** The failure that a function passed to its callback: an error that it handled. */
class CallbackError {
	constructor(reason) {
		this.reason = reason;
	}
}

/** Calls `handler(event, context)` or, if it asks for one, with a callback. */
function call(target, args) {
	if (target.length <= args.length) return target(...args);
	return new Promise((resolve, reject) => {
		const callback = (error, value) => (error ? reject(new CallbackError(error)) : resolve(value));
		const returned = target(...args, callback);
		if (typeof returned?.then === "function") returned.then(resolve, reject);
	});
}

const modules = new Map();

async function load(code, name) {
	const dot = name.lastIndexOf(".");
	const file = name.slice(0, dot);
	if (!modules.has(file)) modules.set(file, await loadModule(code, file));
	const exported = modules.get(file)[name.slice(dot + 1)];
	if (typeof exported !== "function") throw new TypeError(`${name} is not a function`);
	return exported;
}

/**
 * `<file>.js` is CommonJS whatever a package.json above the code says: in the
 * cloud nothing stands above the code folder.
 */
async function loadModule(code, file) {
	const { existsSync, readFileSync } = require("node:fs");
	const filename = join(code, `${file}.js`);
	if (!existsSync(filename) && existsSync(join(code, `${file}.mjs`))) {
		return import(require("node:url").pathToFileURL(join(code, `${file}.mjs`)).href);
	}
	const module = new Module(filename);
	module.filename = filename;
	module.paths = Module._nodeModulePaths(code);
	const run = compile(filename, readFileSync(filename, "utf8"));
	const requireThere = Module.createRequire(filename);
	run.call(module.exports, module.exports, requireThere, module, filename, code);
	return module.exports;
}

/**
 * Compiles with the code that an earlier instance left, which halves the cold
 * start of a bundle of megabytes. V8 refuses what does not fit its version,
 * its flags or the source's length; the name tells builds apart.
 */
function compile(filename, source) {
	const { constants, Script } = require("node:vm");
	const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
	const { mtimeMs } = statSync(filename);
	const name = `${settings.context.function.name}-${settings.memoryMb}-${mtimeMs}.bin`;
	const cache = join(settings.codeCache, name);
	let cachedData;
	try {
		cachedData = readFileSync(cache);
	} catch {}
	const script = new Script(Module.wrap(source), {
		filename,
		cachedData,
		importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
	});
	if (source.length > MIN_CACHED_CHARS && (!cachedData || script.cachedDataRejected)) {
		afterFirstInvocation = () => {
			try {
				mkdirSync(settings.codeCache, { recursive: true });
				const temporary = `${cache}.${process.pid}`;
				writeFileSync(temporary, script.createCachedData());
				renameSync(temporary, cache);
			} catch {
				// Only the next start is slower.
			}
		};
	}
	return script.runInThisContext();
}

/** A Buffer as it is, a string as it is, anything else as JSON. */
function encode(value) {
	if (value === undefined) return Buffer.alloc(0);
	if (Buffer.isBuffer(value)) return value;
	if (value instanceof Uint8Array) return Buffer.from(value);
	return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

function envelope(error) {
	const known = error instanceof Error || typeof error?.stack === "string";
	return Buffer.from(
		JSON.stringify({
			errorMessage: known ? String(error.message) : text(error),
			errorType: known ? String(error.name || "Error") : typeof error,
			stackTrace: known ? traceOf(error) : [],
		}),
	);
}

/** A message may have several lines; those of the trace begin with "at". */
function traceOf(error) {
	return String(error.stack)
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line.startsWith("at "));
}

function text(value) {
	return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}

const logger = {};

function contextOf(context) {
	return { ...context, logger };
}

function log(level, text) {
	send({ t: "log", level, id: current }, Buffer.from(text));
}

// Lines of the console carry their request; loading util waits for the first of them.
for (const [method, level] of [
	["log", "verbose"],
	["debug", "debug"],
	["info", "info"],
	["warn", "warn"],
	["error", "error"],
]) {
	console[method] = (...args) => log(level, require("node:util").format(...args));
	logger[method] = console[method];
}
for (const name of ["stdout", "stderr"]) {
	const original = Object.getOwnPropertyDescriptor(process, name);
	let stream;
	Object.defineProperty(process, name, {
		configurable: true,
		enumerable: true,
		get() {
			if (!stream) {
				stream = original.get.call(process);
				stream.write = (chunk, encoding, callback) => {
					const done = typeof encoding === "function" ? encoding : callback;
					log(name, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
					if (done) process.nextTick(done);
					return true;
				};
			}
			return stream;
		},
	});
}

function watchMemory() {
	startInterval(() => checkMemory(process.memoryUsage.rss()), MEMORY_CHECK_MS).unref();
}

function checkMemory(rss) {
	if (rss <= settings.memoryMb * BYTES_PER_MB) return;
	send({ t: "memory", rss });
	process.exit(EXIT_OUT_OF_MEMORY);
}
