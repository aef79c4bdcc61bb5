importScripts("{{ script }}");
