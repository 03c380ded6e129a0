import { ROUTES } from "../routes/index.ts";
import { openApi } from "./openapi.ts";

/** The text of `/openapi.json`. The build makes it, so that no function has to. */
export const apiDocument = (): string => JSON.stringify(openApi(ROUTES));
