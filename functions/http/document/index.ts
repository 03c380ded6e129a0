import { FAMILIES } from "../routes/index.ts";
import { openApi } from "./openapi.ts";

/** Every route, of all families. */
export const ROUTES = (await Promise.all(FAMILIES.map(({ load }) => load()))).flat();

/** The text of `/openapi.json`. The build makes it, so that no function has to. */
export const apiDocument = (): string => JSON.stringify(openApi(ROUTES));
