// Appareil partagé : après quinze minutes sans geste, la session se ferme. Un geste la garde ouverte,
// même sans changer de page; « Précédent » ne ressort aucune page de la mémoire.
const bar=document.querySelector("[data-shared]"),soon=bar.querySelector("[role=status]"),MINUTE=6e4;let last=Date.now(),told=last;
const here=()=>{last=Date.now();soon.textContent=""};
for(const gesture of ["pointerdown","keydown","scroll"])addEventListener(gesture,here,{passive:true});
// Ce qu'une personne avait emporté quand l'appareil n'était qu'à elle n'a plus sa place ici.
(async()=>{for(const n of await caches.keys())await caches.delete(n);for(const r of await navigator.serviceWorker.getRegistrations())await r.unregister();for(const b of await indexedDB.databases())indexedDB.deleteDatabase(b.name)})().catch(()=>0);
addEventListener("pageshow",e=>{if(e.persisted)location.reload()});
setInterval(()=>{const rest=Date.now()-last;if(rest>15*MINUTE)bar.querySelector("form").submit();else if(rest>14*MINUTE)soon.textContent=bar.dataset.shared;else if(last>told&&Date.now()-told>MINUTE){told=Date.now();fetch("/sante/",{cache:"no-store"}).catch(()=>0)}},5e3);
