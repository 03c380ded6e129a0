import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections (32768 on Linux):
 * such a connection could take the port before the server that it is meant
 * for, and a connection to one's own port could meet itself.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const MAX_TRIES = 100;

/**
 * A port on which nobody listens, if there is one. Several local clouds take
 * from the same range, so it is drawn by lot.
 */
export async function freePort(): Promise<number | undefined> {
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
		if (await isFree(port)) return port;
	}
	return undefined;
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		// As the function's server will: on every address.
		server.listen({ port, host: "0.0.0.0", exclusive: true }, () =>
			server.close(() => resolve(true)),
		);
	});
}
