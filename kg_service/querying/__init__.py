"""Answering SPARQL with limits: killable workers over a store on disk, a server, or in process."""
