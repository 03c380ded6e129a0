"use strict";
/*
 * Time inside an instance that follows the local cloud's clock: Date,
 * performance.now, the timers of JavaScript, and Math.random, which repeats itself. The timers of Node's own
 * modules, those of sockets for instance, stay real, because what they wait for
 * is real.
 */

/** Used to yield rather than to wait: it must not need somebody to move the clock. */
const MAX_YIELD_MS = 1;

/** Counts what happens, so that it can be seen from outside when nothing does. */
const activity = { count: 0 };

/** What a process waits for that needs no clock: files, names of hosts, work in other threads, programs. */
const REAL_WORK = /^(FSReq|GetAddrInfo|GetNameInfo|ProcessWrap|Worker)|Job$/;

/**
 * @param start milliseconds since the epoch.
 * @param seed where Math.random begins, in [0, 1): chance repeats itself as time does.
 * @param channel `set(id, ms)` asks for a call of `fire(id)`, `clear(id)` takes that back; Date is wrong by `skewMs`; `localPorts` are those of the local cloud.
 */
function installVirtualTime(start, seed, channel) {
	let now = start;
	let lastId = 0;
	const timers = new Map();
	const realImmediate = setImmediate;

	const { skewMs = 0 } = channel;
	installDate(() => now + skewMs);
	installRandom(seed);
	performance.now = () => now - start;

	function add(callback, ms, args, repeat) {
		if (typeof callback !== "function") throw new TypeError("the callback is not a function");
		const id = ++lastId;
		const delay = Math.max(1, Number(ms) || 0);
		const handle = {
			ref: () => handle,
			unref: () => handle,
			hasRef: () => true,
			refresh() {
				if (timers.has(id)) channel.set(id, delay);
				return handle;
			},
			close: () => remove(handle),
			[Symbol.toPrimitive]: () => id,
		};
		timers.set(id, { callback, args, delay, repeat });
		activity.count++;
		if (delay <= MAX_YIELD_MS && !repeat) realImmediate(() => fire(id));
		else channel.set(id, delay);
		return handle;
	}

	function remove(handle) {
		const id = Number(handle ?? Number.NaN);
		if (timers.delete(id)) channel.clear(id);
	}

	function fire(id) {
		const timer = timers.get(id);
		if (!timer) return;
		activity.count++;
		if (timer.repeat) channel.set(id, timer.delay);
		else timers.delete(id);
		timer.callback(...timer.args);
	}

	const timeout = (callback, ms, ...args) => add(callback, ms, args, false);
	const interval = (callback, ms, ...args) => add(callback, ms, args, true);
	const pause = (ms, value, options) =>
		new Promise((resolve, reject) => {
			const { signal } = options ?? {};
			if (signal?.aborted) return reject(signal.reason);
			const handle = timeout(() => resolve(value), ms);
			signal?.addEventListener("abort", () => {
				remove(handle);
				reject(signal.reason);
			});
		});
	timeout[require("node:util").promisify.custom] = pause;
	const replaced = {
		setTimeout: timeout,
		setInterval: interval,
		clearTimeout: remove,
		clearInterval: remove,
	};
	Object.assign(globalThis, replaced);
	Object.assign(require("node:timers"), replaced);
	require("node:timers/promises").setTimeout = pause;
	AbortSignal.timeout = (ms) => {
		const controller = new AbortController();
		const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
		timeout(() => controller.abort(reason), ms);
		return controller.signal;
	};
	countRequests();
	const localPorts = new Set(channel.localPorts);

	return {
		moveTo(time) {
			now = Math.max(now, time);
		},
		fire,
		noteActivity() {
			activity.count++;
		},
		/** What there is to wait for. */
		state() {
			const { requests, outside, connecting } = requestsByPlace(localPorts);
			const names = process.getActiveResourcesInfo();
			const work = connecting + names.filter((name) => REAL_WORK.test(name)).length;
			return { timers: timers.size, requests, outside, work, activity: activity.count };
		},
	};
}

function installDate(now) {
	const RealDate = Date;
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args, newTarget) =>
			Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
		apply: () => new RealDate(now()).toString(),
		get: (target, key) => (key === "now" ? now : target[key]),
	});
	RealDate.prototype.constructor = globalThis.Date;
}

/** mulberry32, by Tommy Ettinger (public domain). */
function installRandom(seed) {
	let state = Math.floor(seed * 2 ** 32);
	Math.random = () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Requests under way by the port that they go to, as soon as that is known. */
const requests = new Map();

function countRequests() {
	const { subscribe } = require("node:diagnostics_channel");
	const began = (request, port) => {
		activity.count++;
		requests.set(request, port);
	};
	const ended = (request) => {
		if (requests.delete(request)) activity.count++;
	};
	subscribe("http.client.request.start", ({ request }) => {
		began(request, undefined);
		request.once("close", () => ended(request));
	});
	// fetch
	subscribe("undici:request:create", ({ request }) => {
		began(request, Number(new URL(request.origin).port));
	});
	subscribe("undici:request:trailers", ({ request }) => ended(request));
	subscribe("undici:request:error", ({ request }) => ended(request));
}

/** What becomes of a request to the local cloud is known there; one without a connection is on its way. */
function requestsByPlace(localPorts) {
	const counted = { requests: 0, outside: 0, connecting: 0 };
	for (const [request, known] of requests) {
		const port = known ?? request.socket?.remotePort;
		if (known === undefined && port !== undefined) requests.set(request, port);
		if (port === undefined) counted.connecting++;
		else if (localPorts.has(port)) counted.requests++;
		else counted.outside++;
	}
	return counted;
}

module.exports = { installDate, installVirtualTime };
