// Before anything is painted: the scheme this browser was last told to use.
(() => {
  const kept = localStorage.getItem("mantine-color-scheme-value");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = kept === "dark" || kept === "light" ? kept : dark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
