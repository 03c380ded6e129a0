import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "../../../client/src/index.ts";

export const ClientContext = createContext<Client | undefined>(undefined);

/** The API, with the key that was given. */
export function useClient(): Client {
	const client = useContext(ClientContext);
	if (!client) throw new Error("a view is shown before there is a key");
	return client;
}
