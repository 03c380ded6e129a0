import { useEffect, useMemo, useState } from "preact/hooks";
import { clientWith, forgetKey, keepKey, keyIsHeld, storedKey } from "../api/session.ts";
import { ClientContext } from "../hooks/client.ts";
import { go, hrefOf, useRoute } from "../hooks/route.ts";
import { listenToKeys, useShortcuts } from "../hooks/shortcuts.ts";
import { Help } from "./help.tsx";
import { KeyForm } from "./key-form.tsx";
import { Navigation } from "./navigation.tsx";
import { Said } from "./said.tsx";
import { AREAS } from "./views.ts";

export function App() {
	const [key, setKey] = useState(storedKey);
	const [help, setHelp] = useState(false);
	const client = useMemo(() => (key === undefined ? undefined : clientWith(key)), [key]);
	const route = useRoute();
	useEffect(listenToKeys, []);
	useShortcuts("Everywhere", [
		{ keys: "?", label: "this list", run: () => setHelp(true) },
		...AREAS.map(({ name, label, key: letter }) => ({
			keys: `g ${letter}`,
			label: `go to ${label}`,
			run: () => go(hrefOf([name])),
		})),
	]);

	if (!client) {
		const use = (given: string) => {
			keepKey(given);
			setKey(given);
		};
		return <KeyForm onKey={use} />;
	}
	const forget = () => {
		forgetKey();
		setKey(undefined);
	};
	const [name = "", ...rest] = route.path;
	const area = AREAS.find((one) => one.name === name) ?? AREAS[0];
	const View = rest.length > 0 ? (area?.one ?? area?.list) : area?.list;
	return (
		<ClientContext.Provider value={client}>
			<button type="button" class="skip" onClick={skipToMain}>
				Skip to the content
			</button>
			<Navigation
				current={area?.name ?? ""}
				onHelp={() => setHelp(true)}
				onForget={keyIsHeld ? undefined : forget}
			/>
			<main id="main" tabIndex={-1}>
				{View && <View key={route.path.join("/")} route={route} />}
			</main>
			<Said />
			{help && <Help onClose={() => setHelp(false)} />}
		</ClientContext.Provider>
	);
}

/** No link: what follows # in the address is the view. */
function skipToMain(): void {
	document.querySelector<HTMLElement>("main h1")?.focus();
}
