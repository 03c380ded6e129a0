"use strict";
const { Server } = require("node:net");

const LOOPBACK = "127.0.0.1";
const ONLY_LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * The server that listens on the function's port gets the instance's own one,
 * on loopback: in a container every address is the container's, on this machine
 * it would be open to the network.
 *
 * @param port as s.yaml has it.
 * @param listenPort as FC_SERVER_PORT has it.
 */
function placeServer(port, listenPort) {
	const { listen } = Server.prototype;
	const isFunctionPort = (value) => [port, listenPort].includes(Number(value));

	Server.prototype.listen = function (...args) {
		const [first, second] = args;
		if (typeof first === "object" && first !== null) {
			if (isFunctionPort(first.port)) {
				mustBeReachable(first.host);
				args[0] = { ...first, port: listenPort, host: LOOPBACK };
			}
		} else if (isFunctionPort(first)) {
			const hasHost = typeof second === "string";
			if (hasHost) mustBeReachable(second);
			args.splice(0, hasHost ? 2 : 1, listenPort, LOOPBACK);
		}
		return listen.apply(this, args);
	};
}

function mustBeReachable(host) {
	if (!ONLY_LOOPBACK.test(host ?? "")) return;
	throw new Error(
		`the server listens on ${host}, where Function Compute would not reach it: it has to listen on 0.0.0.0`,
	);
}

module.exports = { placeServer };
