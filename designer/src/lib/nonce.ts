/** The page's own nonce: with it, styles that a library adds pass the content security policy. */
import { setNonce } from "get-nonce";

export const nonce =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// Where what keeps the page behind a dialog from scrolling looks for it.
setNonce(nonce);
