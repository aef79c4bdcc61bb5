// Entre le site et le module : des messages, vers l'origine du site et aucune autre (docs/packages.md).
window.Pont=(()=>{
  const dessus=window.parent,site=document.documentElement.dataset.site;
  // Un module cherche son API de cadre en cadre : il s'arrête ici, avant une origine qui le refuserait.
  window.parent=window;
  return{
    dire:m=>dessus.postMessage(m,site),
    ecouter:faire=>{
      addEventListener("message",e=>{if(e.source===dessus&&e.origin===site&&e.data)faire(e.data)});
      dessus.postMessage({atn:"pret"},site);
    },
  };
})();
