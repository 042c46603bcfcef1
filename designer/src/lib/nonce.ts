/** The page's own nonce: with it, styles that a library adds pass the content security policy. */
export const nonce =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
