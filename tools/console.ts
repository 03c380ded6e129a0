import { CONSOLE } from "../console/built.ts";
import { serveConsole } from "../console/server/serve.ts";
import type { Endpoints } from "../local/index.ts";

/** Behind the ports of the local cloud. */
const FROM_FIRST_PORT = 10;

/** The console of a local cloud; it ends with this process. @param firstPort 0: any that is free */
export async function openConsole({ http, apiKey }: Endpoints, firstPort: number): Promise<void> {
	const options = { api: { url: http, key: apiKey }, folder: CONSOLE };
	const port = firstPort === 0 ? 0 : firstPort + FROM_FIRST_PORT;
	try {
		const { url } = await serveConsole({ ...options, port }).catch(() =>
			serveConsole({ ...options, port: 0 }),
		);
		console.log(`The console: ${url}`);
	} catch (error) {
		console.error(`the console is not served: ${(error as Error).message}`);
	}
}
