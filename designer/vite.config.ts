import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/app/",
  plugins: [react()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    // Only the budgets' own check reads it: which files a route brings along.
    manifest: true,
  },
  server: { port: 5173, proxy: { "/v1": "http://127.0.0.1:8000" }, fs: { allow: [".."] } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
