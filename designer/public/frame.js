// Shows the message that the page around this frame hands over. Runs in a sandbox without an origin.
addEventListener("message", ({ source, data }) => {
  if (source !== parent || typeof data !== "string") return;
  const message = new DOMParser().parseFromString(data, "text/html");
  for (const each of message.querySelectorAll("script, link, iframe, object, embed, base, meta")) each.remove();
  // A picture that is not part of the message is fetched by nobody: its words stand in its place.
  for (const each of message.querySelectorAll("img:not([src^='data:'])")) each.removeAttribute("src");
  document.head.replaceChildren(...message.head.childNodes);
  document.body.replaceWith(message.body);
});
addEventListener("click", (event) => event.preventDefault(), true);
addEventListener("submit", (event) => event.preventDefault(), true);
